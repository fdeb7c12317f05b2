select host from process where host ~ '('
