set datafusion.execution.batch_sice = 1
