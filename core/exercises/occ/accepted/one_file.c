// Accepted: C without libraries; versions start at 100 and grow by 2, a missing key is at 0, an abort is error 14, and values are echoed as text.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A piece of the current line, or of a copy that we keep.
typedef struct {
    const char *at;
    size_t length;
} Text;

typedef struct {
    Text key, value;
    long version;
} Cell;

static Cell *cells;
static size_t cell_count, cell_room;
static long transactions;
static Text self = {"\"\"", 2};

static int is(Text text, const char *wanted) {
    return text.length == strlen(wanted) && memcmp(text.at, wanted, text.length) == 0;
}

static int same(Text a, Text b) {
    return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

static Text keep(Text text) {
    char *copy = malloc(text.length + 1);
    memcpy(copy, text.at, text.length);
    copy[text.length] = 0;
    return (Text){copy, text.length};
}

// The end of the JSON value that begins at p.
static const char *value_end(const char *p) {
    if (*p == '"') {
        for (p++; *p && *p != '"'; p++)
            if (*p == '\\' && p[1]) p++;
        return *p ? p + 1 : p;
    }
    if (*p == '{' || *p == '[') {
        int depth = 0;
        do {
            if (*p == '"') {
                p = value_end(p);
                continue;
            }
            if (*p == '{' || *p == '[') depth++;
            if (*p == '}' || *p == ']') depth--;
            p++;
        } while (*p && depth > 0);
        return p;
    }
    while (*p && !strchr(",}] \t\r\n", *p)) p++;
    return p;
}

static const char *blanks(const char *p) {
    while (*p && strchr(" \t\r\n,:", *p)) p++;
    return p;
}

// The value of a field of an object; empty if it is not there.
static Text field(Text object, const char *name) {
    const char *p = object.at, *end = object.at + object.length;
    if (object.length == 0 || *p != '{') return (Text){"", 0};
    for (p = blanks(p + 1); p < end && *p == '"'; p = blanks(p)) {
        Text found = {p + 1, (size_t)(value_end(p) - p - 2)};
        const char *value = blanks(value_end(p));
        p = value_end(value);
        if (is(found, name)) return (Text){value, (size_t)(p - value)};
    }
    return (Text){"", 0};
}

// The next element of a list, from *p on; empty at its end.
static Text element(const char **p) {
    const char *begin = blanks(*p);
    if (*begin == ']' || *begin == 0) return (Text){"", 0};
    *p = value_end(begin);
    return (Text){begin, (size_t)(*p - begin)};
}

static Cell *find(Text key) {
    for (size_t i = 0; i < cell_count; i++)
        if (same(cells[i].key, key)) return &cells[i];
    return NULL;
}

static long write_cell(Text key, Text value) {
    Cell *cell = find(key);
    if (!cell) {
        if (cell_count == cell_room) {
            cell_room = cell_room ? 2 * cell_room : 16;
            cells = realloc(cells, cell_room * sizeof *cells);
        }
        cell = &cells[cell_count++];
        *cell = (Cell){keep(key), {NULL, 0}, 98};
    } else {
        free((char *)cell->value.at);
    }
    cell->value = keep(value);
    return cell->version += 2;
}

static void answer(Text body) {
    Text type = field(body, "type");
    if (is(type, "\"init\"")) {
        self = keep(field(body, "node_id"));
        printf("\"type\":\"init_ok\"");
    } else if (is(type, "\"occ_begin\"")) {
        printf("\"type\":\"occ_begin_ok\",\"txn_id\":\"%ld/c\"", ++transactions);
    } else if (is(type, "\"occ_read\"")) {
        Cell *cell = find(field(body, "key"));
        printf("\"type\":\"occ_read_ok\",\"version\":%ld,\"value\":", cell ? cell->version : 0);
        if (cell) fwrite(cell->value.at, 1, cell->value.length, stdout);
        else printf("null");
    } else if (is(type, "\"occ_commit\"")) {
        Text list = field(body, "read_versions"), one;
        const char *p = list.at + 1;
        while (list.length > 0 && (one = element(&p)).length > 0) {
            Cell *cell = find(field(one, "key"));
            if ((cell ? cell->version : 0) != strtol(field(one, "version").at, NULL, 10)) {
                printf("\"type\":\"error\",\"code\":14,\"text\":\"aborted\"");
                return;
            }
        }
        long version = 0;
        list = field(body, "writes");
        p = list.at + 1;
        while (list.length > 0 && (one = element(&p)).length > 0)
            version = write_cell(field(one, "key"), field(one, "value"));
        printf("\"type\":\"occ_commit_ok\",\"committed\":true");
        if (version > 0) printf(",\"new_version\":%ld", version);
    } else {
        printf("\"type\":\"error\",\"code\":10,\"text\":\"not supported\"");
    }
}

int main(void) {
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        Text message = {blanks(line), strlen(blanks(line))};
        Text body = field(message, "body"), source = field(message, "src"), asked = field(body, "msg_id");
        if (body.length == 0 || source.length == 0) continue;
        printf("{\"dest\":%.*s,\"body\":{", (int)source.length, source.at);
        answer(body);
        if (asked.length > 0) printf(",\"in_reply_to\":%.*s", (int)asked.length, asked.at);
        printf("},\"src\":%.*s}\n", (int)self.length, self.at);
        fflush(stdout);
    }
    free(line);
    return 0;
}
