using System.Diagnostics.CodeAnalysis;

namespace TinyStore.Persisters;

/// <summary>What was read from where a store is persisted: the whole content, or what changed in it.</summary>
public sealed class PersistedData
{
    private PersistedData(StoreContent? content, StoreChanges? changes, PersistedScope? scope = null)
    {
        Content = content;
        Changes = changes;
        Scope = scope;
    }

    /// <summary>The whole content, or that of <see cref="Scope"/>; or null.</summary>
    public StoreContent? Content { get; }

    /// <summary>What of a store the content is about; null: all of it.</summary>
    public PersistedScope? Scope { get; }

    /// <summary>Changes, or null.</summary>
    public StoreChanges? Changes { get; }

    /// <summary>The whole content.</summary>
    public static PersistedData From(StoreContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return new PersistedData(content, null);
    }

    /// <summary>The whole content of a part of the store. A load leaves the other parts as they are.</summary>
    public static PersistedData From(StoreContent content, PersistedScope scope)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(scope);
        return new PersistedData(content, null, scope);
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
            if (Scope?.HasTable(tableId) == false)
            {
                return false;
            }
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
            if (Scope?.HasValue(valueId) == false)
            {
                return false;
            }
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

/// <summary>A part of a store.</summary>
/// <param name="TableIds">Its tables; null: all tables.</param>
/// <param name="ValueIds">Its values; null: all values.</param>
public sealed record PersistedScope(IReadOnlySet<string>? TableIds, IReadOnlySet<string>? ValueIds)
{
    /// <summary>Whether a table belongs to it.</summary>
    public bool HasTable(string tableId) => TableIds?.Contains(tableId) != false;

    /// <summary>Whether a value belongs to it.</summary>
    public bool HasValue(string valueId) => ValueIds?.Contains(valueId) != false;
}
