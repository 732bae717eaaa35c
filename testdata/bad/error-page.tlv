<html><head><title>404 Not Found</title></head><body>File not found</body></html>
