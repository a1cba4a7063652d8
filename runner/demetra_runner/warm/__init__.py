"""Warm kernels: Jupyter kernels forked from one process that has already imported the heavy packages.

A kernelspec that names the provisioner `warm-kernels` and a list of modules gets its kernels from a fork server:

    provisioner   asks for a kernel (in papermill's, Voila's or JupyterLab's process); plain kernels where it cannot be
    rendezvous    finds or starts the user's fork server, over a socket in a private directory
    server        imports, waits, and forks; never computes, and has one thread
    kernel        what a forked child does: a whole IPython kernel, made ready before it is asked for
    wire          what client and kernel say to each other before that
    process       the forked kernel as its client sees it: poll, wait, signals, exit code
    client        what papermill and Voila talk to a kernel with, without the stock one's wait
    limits        what a kernel may use of memory, processor time and files
    freshness     whether the imported files are still those on disk; if not, the server imports anew

The part stands alone: it imports nothing of the project, and the project names its modules in the kernelspec.
"""
