select host from process were host = 'a'
