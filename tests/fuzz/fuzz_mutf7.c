/* Every folder name has one spelling on disk: encoded and decoded it is the same name, and what can be
 * decoded is what the encoder writes (RFC 3501, 5.1.3). */
#include "fuzz.h"

#include "base/utf8.h"
#include "mailbox/mutf7.h"

static void fuzz(Slice input)
{
	AUTO_VALUE(Text) encoded = { 0 }, decoded = { 0 }, again = { 0 };

	if (mutf7_encode(input, &encoded)) {
		LAW(utf8_valid(input));
		LAW(mutf7_decode(text_slice(&encoded), &decoded), "'%s'", text_string(&encoded));
		LAW_SAME(text_slice(&decoded), input);
		for (size_t i = 0; i < encoded.length; i++)
			LAW((unsigned char)encoded.data[i] < 128);
	} else {
		LAW(!utf8_valid(input));
	}
	text_reset(&decoded);
	if (mutf7_decode(input, &decoded)) {
		LAW(utf8_valid(text_slice(&decoded)));
		LAW(mutf7_encode(text_slice(&decoded), &again));
		LAW_SAME(text_slice(&again), input);
	}
}
