namespace TinyStore.Crdt.Tests;

/// <summary>Flat documents that yjs 13.6.33 made.</summary>
internal static class FlatDocuments
{
    // cells: row "good" with a Y.Text "a row", a Y.Array, a Y.Map, a bigint, bytes, undefined, an object, NaN, two reserved
    // strings, and three cells; "rows/a%2Fb/c" is a cell; "rows/onlyForeign/bytes" are bytes; six keys are none.
    // values: a bigint, a Y.Text, and "ok".
    public static readonly byte[] Mixed = Convert.FromBase64String(
        "ARwBACcBDnRpbnliYXNlL2NlbGxzDnJvd3MvZ29vZC90ZXh0AgQAAQAFYSByb3cnAQ50aW55YmFzZS9jZWxscw9yb3dzL2dvb2QvYXJyYXkAJwEOdGlueWJhc2UvY2VsbH"
        + "MNcm93cy9nb29kL21hcAEoAAEHAWMBfQEoAQ50aW55YmFzZS9jZWxscxByb3dzL2dvb2QvYmlnaW50AXoAAAAAAAAABSMBDnRpbnliYXNlL2NlbGxzD3Jvd3MvZ29vZC9i"
        + "eXRlcwIBAigBDnRpbnliYXNlL2NlbGxzE3Jvd3MvZ29vZC91bmRlZmluZWQBfygBDnRpbnliYXNlL2NlbGxzEHJvd3MvZ29vZC9vYmplY3QBdgEBYX0BKAEOdGlueWJhc2"
        + "UvY2VsbHMNcm93cy9nb29kL25hbgF7f/gAAAAAAAAoAQ50aW55YmFzZS9jZWxscxJyb3dzL2dvb2QvcmVzZXJ2ZWQBdwPvv7woAQ50aW55YmFzZS9jZWxscxFyb3dzL2dv"
        + "b2QvYmFkSnNvbgF3BO+/vXgjAQ50aW55YmFzZS9jZWxscxZyb3dzL29ubHlGb3JlaWduL2J5dGVzAQMnAQ50aW55YmFzZS9jZWxscwxyb3dzL3RleHRSb3cCBAABEQF4KA"
        + "EOdGlueWJhc2UvY2VsbHMFdGFibGUBfQEoAQ50aW55YmFzZS9jZWxscwdhL2IvYy9kAX0BKAEOdGlueWJhc2UvY2VsbHMGYS9iJS9jAX0BKAEOdGlueWJhc2UvY2VsbHMI"
        + "YSUyZi9iL2MBfQEoAQ50aW55YmFzZS9jZWxscwABfQEoAQ50aW55YmFzZS9jZWxscw5yb3dzL2dvb2QvanNvbgF3Cu+/vXsiYSI6MX0oAQ50aW55YmFzZS9jZWxscwtyb3"
        + "dzL2dvb2QvYwF3BGZpbmUoAQ50aW55YmFzZS9jZWxscw5yb3dzL2dvb2QvbnVsbAF+KAEOdGlueWJhc2UvY2VsbHMMcm93cy9hJTJGYi9jAX0CKAEPdGlueWJhc2UvdmFs"
        + "dWVzBmJpZ2ludAF6AAAAAAAAAAEnAQ90aW55YmFzZS92YWx1ZXMEdGV4dAIEAAEdAXYoAQ90aW55YmFzZS92YWx1ZXMCb2sBeAA=");

    /// <summary>What no store can hold in it.</summary>
    public static readonly string[] Paths =
    [
        "tinybase/cells/", "tinybase/cells/a%2f/b/c", "tinybase/cells/a/b%/c", "tinybase/cells/a/b/c/d",
        "tinybase/cells/rows/good/array", "tinybase/cells/rows/good/badJson", "tinybase/cells/rows/good/bigint",
        "tinybase/cells/rows/good/bytes", "tinybase/cells/rows/good/map", "tinybase/cells/rows/good/nan",
        "tinybase/cells/rows/good/object", "tinybase/cells/rows/good/reserved", "tinybase/cells/rows/good/text",
        "tinybase/cells/rows/good/undefined", "tinybase/cells/rows/onlyForeign/bytes", "tinybase/cells/rows/textRow",
        "tinybase/cells/table", "tinybase/values/bigint", "tinybase/values/text",
    ];
}
