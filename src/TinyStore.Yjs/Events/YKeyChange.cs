namespace TinyStore.Yjs;

/// <summary>What happened to a key of a map.</summary>
public enum YKeyAction
{
    /// <summary>The key had no value and has one now.</summary>
    Add,

    /// <summary>The key has another value than before.</summary>
    Update,

    /// <summary>The key had a value and has none now.</summary>
    Delete,
}

/// <summary>A change of one key of a map, compared with the state before the transaction.</summary>
/// <param name="Action">What happened.</param>
/// <param name="OldValue">
/// The value before the transaction; <see cref="YValue.Undefined"/> when there was none. An old value that is a shared type
/// is dead and shows as empty, as in Yjs: its children were deleted with it.
/// </param>
public readonly record struct YKeyChange(YKeyAction Action, YValue OldValue);
