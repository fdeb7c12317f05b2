select p.host, p.acount from process p
