select host from process union all select host, account from process
