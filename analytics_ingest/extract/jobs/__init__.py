"""Jobs: requests that make an API prepare rows, and wait for them, before these are read.

`JobTemplate` builds the requests of a resource's jobs. A `JobRun` creates a job, polls it until it
ends, and finds its targets: each opens a listing of the endpoint, whose expressions read the
responses of the job.
"""
