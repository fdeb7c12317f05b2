select * from evt('a')
