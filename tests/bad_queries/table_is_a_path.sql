select * from 'logs/Security.evtx'
