select * from proces
