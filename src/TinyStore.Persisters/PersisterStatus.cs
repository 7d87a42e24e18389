namespace TinyStore.Persisters;

/// <summary>What a persister is doing. It says so to the user only: nothing is ever skipped because of it.</summary>
public enum PersisterStatus
{
    /// <summary>Nothing.</summary>
    Idle,

    /// <summary>Bringing what is persisted into the store.</summary>
    Loading,

    /// <summary>Bringing what the store holds to where it is persisted.</summary>
    Saving,
}

/// <summary>How often a persister has loaded and saved.</summary>
/// <param name="Loads">Loads that ended well.</param>
/// <param name="Saves">Saves that ended well.</param>
/// <param name="Errors">Errors raised.</param>
public readonly record struct PersisterStats(long Loads, long Saves, long Errors);
