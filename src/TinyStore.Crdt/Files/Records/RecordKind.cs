namespace TinyStore.Crdt.Files.Records;

/// <summary>What a record holds (<c>docs/doc-file.md</c>).</summary>
internal enum RecordKind : byte
{
    /// <summary>An update as the document emitted it: <c>varUint room</c> that brought it, 0 = none, and its bytes.</summary>
    Update = 1,

    /// <summary>The content of the document at that place of the file, as one update.</summary>
    State = 2,

    /// <summary>Client ids under which this device has written: <c>varUint n</c> and n times <c>varUint id</c>.</summary>
    Clients = 3,

    /// <summary>How far a room is: <c>varUint number • varString name • varUint unacknowledged • varBytes cursor</c>.</summary>
    Room = 4,
}
