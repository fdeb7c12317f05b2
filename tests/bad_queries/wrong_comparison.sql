select host from process where time > 'yesterday'
