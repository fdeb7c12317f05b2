select host from process limit 'ten'
