"""The benchmark: the same work done by this project and by its peers, each as a whole process."""
