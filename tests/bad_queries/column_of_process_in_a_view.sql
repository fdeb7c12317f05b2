select new_process from SecurityEvent
