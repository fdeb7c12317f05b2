insert into process values (1)
