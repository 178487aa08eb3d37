#include "base/markup.h"

void markup_append(Text *out, Slice text)
{
	for (size_t i = 0; i < text.length; i++)
		switch (text.data[i]) {
		case '&':
			text_append_string(out, "&amp;");
			break;
		case '<':
			text_append_string(out, "&lt;");
			break;
		case '>':
			text_append_string(out, "&gt;");
			break;
		case '"':
			text_append_string(out, "&quot;");
			break;
		case '\n': /* a blank, in an XML attribute, were it written as it is */
			text_append_string(out, "&#10;");
			break;
		default:
			text_append_char(out, text.data[i]);
		}
}
