select registry_key from process
