select host /* the host from process
