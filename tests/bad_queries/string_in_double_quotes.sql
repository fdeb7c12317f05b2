select host from process where host = "PC-1"
