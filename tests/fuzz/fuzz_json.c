/* Any bytes become a JSON string that reads as the same text, what is no UTF-8 replaced (RFC 8259). */
#include "fuzz_json.h"

#include "base/utf8.h"
#include "fuzz.h"
#include "message/charset.h"

static void fuzz(Slice input)
{
	AUTO_VALUE(Text) string = { 0 }, text = { 0 }, expected = { 0 }, object = { 0 };
	Slice rest;

	json_string(&string, input);
	rest = text_slice(&string);
	LAW(fuzz_json_value(&rest, 0, &text) && !rest.length);
	charset_to_utf8(SLICE("utf-8"), input, &expected);
	LAW(utf8_valid(text_slice(&string)));
	LAW_SAME(text_slice(&text), text_slice(&expected));
	text_append_string(&object, "{\"first\":[");
	json_string(&object, input);
	text_append_string(&object, "]");
	json_field_slice(&object, "bytes", input);
	json_field_number(&object, "number", (int64_t)input.length - 8);
	json_field_bool(&object, "bool", input.length % 2);
	json_field_string(&object, "null", NULL);
	text_append_char(&object, '}');
	LAW(fuzz_json_is(text_slice(&object)), "%s", text_string(&object));
}
