select host,, account from process
