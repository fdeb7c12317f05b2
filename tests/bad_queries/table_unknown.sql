select * from registry
