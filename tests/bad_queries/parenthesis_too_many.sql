select host from process where host = 'a')
