using System.Diagnostics.CodeAnalysis;

namespace TinyStore.Persisters;

/// <summary>What was read from where a store is persisted: the whole content, or what changed in it.</summary>
public sealed class PersistedData
{
    private PersistedData(StoreContent? content, StoreChanges? changes)
    {
        Content = content;
        Changes = changes;
    }

    /// <summary>The whole content, or null.</summary>
    public StoreContent? Content { get; }

    /// <summary>Changes, or null.</summary>
    public StoreChanges? Changes { get; }

    /// <summary>The whole content.</summary>
    public static PersistedData From(StoreContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return new PersistedData(content, null);
    }

    /// <summary>Only what changed.</summary>
    public static PersistedData From(StoreChanges changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        return new PersistedData(null, changes);
    }

    /// <summary>The whole content.</summary>
    [return: NotNullIfNotNull(nameof(content))]
    public static implicit operator PersistedData?(StoreContent? content) => content is null ? null : From(content);

    /// <summary>Only what changed.</summary>
    [return: NotNullIfNotNull(nameof(changes))]
    public static implicit operator PersistedData?(StoreChanges? changes) => changes is null ? null : From(changes);

    /// <summary>What it says a cell holds now: false where it says nothing, <c>default</c> where it says the cell is gone.</summary>
    internal bool TryGetCell(string tableId, string rowId, string cellId, out CellValue value)
    {
        value = default;
        if (Content is not null)
        {
            if (Content.Tables.TryGetValue(tableId, out var table) && table.TryGetValue(rowId, out var row))
            {
                row.TryGetValue(cellId, out value);
            }
            return true;
        }
        if (!Changes!.Tables.TryGetValue(tableId, out var tableChanges))
        {
            return false;
        }
        if (tableChanges is null)
        {
            return true;
        }
        if (!tableChanges.TryGetValue(rowId, out var rowChanges))
        {
            return false;
        }
        if (rowChanges is null)
        {
            return true;
        }
        if (!rowChanges.TryGetValue(cellId, out var cell))
        {
            return false;
        }
        value = cell ?? default;
        return true;
    }

    /// <summary>As <see cref="TryGetCell"/>, for a value.</summary>
    internal bool TryGetValue(string valueId, out CellValue value)
    {
        value = default;
        if (Content is not null)
        {
            Content.Values.TryGetValue(valueId, out value);
            return true;
        }
        if (!Changes!.Values.TryGetValue(valueId, out var change))
        {
            return false;
        }
        value = change ?? default;
        return true;
    }
}

/// <summary>What a persister shall write. Exactly one of the two is there.</summary>
/// <param name="Content">The whole content, which replaces what is persisted; or null.</param>
/// <param name="Changes">What changed since the last save, in the shape of TinyBase: null stands for a deleted table, row,
/// cell or value; or null.</param>
public readonly record struct PersistedWrite(StoreContent? Content, StoreChanges? Changes);
