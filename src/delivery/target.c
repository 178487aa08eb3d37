#include "delivery/target.h"

bool target_find(Store *store, const Action *action, Arena *arena, Target *target, Failure *why)
{
	AUTO_VALUE(Text) name = { 0 };
	bool has;

	*target = (Target){ action->folder, action->special_use };
	if (action->mailbox_id && !store_mailbox_id(store, action->mailbox_id, &name, why))
		return false;
	/* Of several that have the use the one that is named: a MUST of RFC 8579, section 4. */
	if (!name.length && action->special_use &&
	    !(store_special_use(store, action->special_use, action->folder, &has, &name, why) &&
	      (has || store_special_use(store, action->special_use, NULL, &has, &name, why))))
		return false;
	if (name.length)
		target->folder = arena_copy_string(arena, text_string(&name));
	return true;
}
