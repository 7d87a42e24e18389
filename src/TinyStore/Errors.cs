namespace TinyStore;

/// <summary>Makes the exceptions that say what was wrong and what would be right.</summary>
internal static class Errors
{
    public static InvalidOperationException WrongKind(CellKind expected, CellKind actual) =>
        new(expected == CellKind.Object
            ? $"The value is of kind {actual}, and only an Object or an Array has JSON text. Check Kind first or use TryGetJson; ToJson works for every kind."
            : $"The value is of kind {actual}, not {expected}. Check Kind first or use the TryGet… method of the kind.");

    public static FormatException BadJson(string what, string reason) => new($"The text is not valid JSON {what}: {reason}");

    public static InvalidOperationException TransactionOver() =>
        new("The transaction is over, and what it changed can no longer be read. Read it inside the listener that receives it, or keep what GetChanges returns.");

    public static InvalidOperationException ScopeOutOfOrder(int open) =>
        new($"A transaction begun inside this one is still open (depth {open}). Commit or dispose scopes in the reverse order of their begin.");

    public static InvalidOperationException ScopeCommitted() =>
        new("This transaction was already committed or disposed. Call Commit once.");

    public static InvalidOperationException Modified(string tableId) =>
        new($"Rows or cells of table \"{tableId}\" were added or removed while they were enumerated. Finish the enumeration before writing, or use the ForEach methods, which allow it.");
}
