/* mime_module - the mime module, opened and looked at */
#ifndef DELIVERY_MIME_MODULE_H
#define DELIVERY_MIME_MODULE_H

#include <stdbool.h>

#include "base/failure.h"
#include "message/mime.h"

/* Opens it; it stays open.  False and `why` (RETRY) when it is missing, broken or of another version. */
bool mime_module_open(const MimeModule **mime, Failure *why);

#endif
