:0:
* ^Subject:.*spam
spam
