select process.nam from ecs
