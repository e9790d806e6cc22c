/*
 * Loops over a row in lanes: whole vectors first, then the rest through a zero-filled copy, so that
 * nothing past its end is read or written. Part of a template, see lane_types.h.
 */
/* Runs the body over the row: `at` is the element, `some` how many from there. */
#define EACH(count, ...)                                                   \
    do {                                                                   \
        size_t at = 0;                                                     \
        for (; at + LANES <= (count); at += LANES) {                       \
            const size_t some = LANES;                                     \
            __VA_ARGS__                                                    \
        }                                                                  \
        if (at < (count)) {                                                \
            const size_t some = (count) - at;                              \
            __VA_ARGS__                                                    \
        }                                                                  \
    } while (0)
#define LOAD_STORED(data, element) \
    (some == LANES ? load_stored(data, element, at) : load_some(data, element, at, some))
#define LOAD(data) LOAD_STORED(data, PLASMID_F32)
#define STORE(to, x) (some == LANES ? store((to) + at, x) : store_some((to) + at, x, some))

/* One loop for each element type, so that the choice stands outside of it. */
#define EACH_STORED(element, count, ...)                                   \
    do {                                                                   \
        if ((element) == PLASMID_F32) {                                    \
            const int kind = PLASMID_F32;                                  \
            EACH(count, __VA_ARGS__);                                      \
        } else if ((element) == PLASMID_BF16) {                            \
            const int kind = PLASMID_BF16;                                 \
            EACH(count, __VA_ARGS__);                                      \
        } else {                                                           \
            const int kind = PLASMID_F16;                                  \
            EACH(count, __VA_ARGS__);                                      \
        }                                                                  \
    } while (0)
