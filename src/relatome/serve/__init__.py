"""The service: extraction over HTTP, and the page that people look at.

One process loads the models once. Every request is read and bounded (`bounds`), its documents found
(`bodies`) and put into one queue, from which one thread per core takes them, each request in its
turn (`work`); `answers` says what came of it.
"""
