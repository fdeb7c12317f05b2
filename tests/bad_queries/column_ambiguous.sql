select host from process a join process b on a.record_id = b.record_id
