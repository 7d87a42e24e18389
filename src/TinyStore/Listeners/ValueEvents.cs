namespace TinyStore;

/// <summary>The store has its first value now, or lost its last one.</summary>
public readonly struct HasValuesEvent
{
    internal HasValuesEvent(Store store, bool exists)
    {
        Store = store;
        Exists = exists;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>Whether there are values now.</summary>
    public bool Exists { get; }
}

/// <summary>Some value changed.</summary>
public readonly struct ValuesEvent
{
    internal ValuesEvent(Store store) => Store = store;

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>What the transaction did to a value.</summary>
    public ValueChange GetValueChange(string valueId) => Store.GetValueChange(valueId);
}

/// <summary>Values came or went.</summary>
public readonly struct ValueIdsEvent
{
    private readonly IdChanges _changes;

    internal ValueIdsEvent(Store store, IdChanges changes)
    {
        Store = store;
        _changes = changes;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The values that came or went. To be called inside the listener only.</summary>
    public IReadOnlyDictionary<string, IdChange> GetIdChanges() => _changes.ToDictionary();
}

/// <summary>A value came or went.</summary>
public readonly struct HasValueEvent
{
    internal HasValueEvent(Store store, string valueId, bool exists)
    {
        Store = store;
        ValueId = valueId;
        Exists = exists;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The value's id.</summary>
    public string ValueId { get; }

    /// <summary>Whether it is there now.</summary>
    public bool Exists { get; }
}

/// <summary>A value changed.</summary>
public readonly struct ValueEvent
{
    private readonly CellValue _new;
    private readonly CellValue _old;

    internal ValueEvent(Store store, string valueId, CellValue now, CellValue old)
    {
        Store = store;
        ValueId = valueId;
        _new = now;
        _old = old;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The value's id.</summary>
    public string ValueId { get; }

    /// <summary>Its content now; null: it is gone.</summary>
    public CellValue? New => _new.OrNull();

    /// <summary>Its content before the transaction; null: it was not there.</summary>
    public CellValue? Old => _old.OrNull();

    /// <inheritdoc cref="ValuesEvent.GetValueChange"/>
    public ValueChange GetValueChange(string valueId) => Store.GetValueChange(valueId);
}

/// <summary>The store was given something for a value that it could not keep.</summary>
public readonly struct InvalidValueEvent
{
    internal InvalidValueEvent(Store store, string? valueId, IReadOnlyList<CellValue> values)
    {
        Store = store;
        ValueId = valueId;
        Values = values;
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>The value's id; null where values as a whole were invalid (there were none).</summary>
    public string? ValueId { get; }

    /// <inheritdoc cref="InvalidCellEvent.Values"/>
    public IReadOnlyList<CellValue> Values { get; }
}
