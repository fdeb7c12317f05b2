select host from process where (host = 'a' or (host = 'b')
