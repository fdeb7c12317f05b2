select host from process where
