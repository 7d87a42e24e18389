namespace TinyStore;

public sealed partial class Store
{
    /// <summary>Replaces all values: those given are set, the others are deleted (or reset to the default of the schema). Does
    /// nothing (but the invalid-value listeners) where nothing in it is valid, which holds for no values at all: see
    /// <see cref="DeleteValues"/>.</summary>
    public Store SetValues(Values values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Write(values, static (store, values) => store.SetValuesCore(values));
    }

    /// <summary>Sets the values given and leaves the others as they are.</summary>
    public Store SetPartialValues(Values partialValues)
    {
        ArgumentNullException.ThrowIfNull(partialValues);
        return Write(partialValues, static (store, partialValues) =>
        {
            foreach (var (valueId, value) in store.Validate(partialValues, RowPart.Partial) ?? [])
            {
                store.SetValidValue(valueId, value);
            }
        });
    }

    /// <summary>Sets a value.</summary>
    public Store SetValue(string valueId, CellValue value)
    {
        ArgumentNullException.ThrowIfNull(valueId);
        if (Begin())
        {
            SetValueCore(valueId, value);
            End();
        }
        return this;
    }

    /// <summary>Sets a value to what the function makes of its present content, which is null where the value is not there.</summary>
    public Store UpdateValue(string valueId, Func<CellValue?, CellValue> update)
    {
        ArgumentNullException.ThrowIfNull(valueId);
        ArgumentNullException.ThrowIfNull(update);
        return Write((valueId, update), static (store, p) => store.SetValueCore(p.valueId, p.update(store.GetValue(p.valueId))));
    }

    /// <summary>Deletes all values; those with a default in the schema get that instead.</summary>
    public Store DeleteValues()
    {
        if (Begin())
        {
            RemoveValues(null);
            End();
        }
        return this;
    }

    /// <summary>Deletes a value, if it is there; where the schema has a default for it, it gets that instead.</summary>
    public Store DeleteValue(string valueId)
    {
        ArgumentNullException.ThrowIfNull(valueId);
        if (Begin())
        {
            DeleteValueCore(valueId);
            End();
        }
        return this;
    }

    private void SetOrDeleteValues(Values? values)
    {
        if (values is { Count: 0 })
        {
            RemoveValues(null);
        }
        else
        {
            SetValuesCore(values);
        }
    }

    private void SetValuesCore(Values? values)
    {
        if (Validate(values, RowPart.Whole) is not { } valid)
        {
            return;
        }
        foreach (var (valueId, value) in valid)
        {
            SetValidValue(valueId, value);
        }
        if (_values.Count > valid.Count)
        {
            RemoveValues(valid);
        }
    }

    private void SetValueCore(string valueId, CellValue value)
    {
        if (Validate(valueId, ref value))
        {
            SetValidValue(valueId, value);
        }
    }

    private void SetValidValue(string valueId, CellValue value)
    {
        var hash = OrderedMap<CellValue>.Hash(valueId);
        var index = _values.Find(valueId, hash);
        if (index < 0)
        {
            _log.ValueIdChanged(valueId, 1);
            _log.ValueChanged(valueId, default, value);
            _values.Add(valueId, hash, value);
            return;
        }
        ref var content = ref _values.ValueAt(index);
        if (content != value)
        {
            _log.ValueChanged(valueId, content, value);
            content = value;
        }
    }

    private void RemoveValues(Values? except)
    {
        _values.Pin();
        for (var i = 0; i < _values.End; i++)
        {
            if (_values.KeyAt(i) is { } id && except?.ContainsKey(id) != true)
            {
                DeleteValueCore(id);
            }
        }
        _values.Unpin();
    }

    private void DeleteValueCore(string valueId)
    {
        var index = _values.Find(valueId);
        if (index < 0)
        {
            return;
        }
        if (_valuesSchema?.Find(valueId)?.Default is { } instead)
        {
            SetValidValue(valueId, instead);
            return;
        }
        RemoveValue(index);
    }

    private void RemoveValue(int index)
    {
        var valueId = _values.KeyAt(index)!;
        _log.ValueChanged(valueId, _values.ValueAt(index), default);
        _log.ValueIdChanged(valueId, -1);
        _values.RemoveAt(index);
    }

    private void RestoreValue(string valueId, CellValue old)
    {
        if (!old.IsUndefined)
        {
            SetValidValue(valueId, old);
        }
        else if (_values.Find(valueId) is >= 0 and var index)
        {
            RemoveValue(index);
        }
    }
}
