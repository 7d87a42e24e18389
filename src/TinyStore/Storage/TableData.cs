namespace TinyStore;

/// <summary>One table of a store: its rows in insertion order, its cell ids, its row layouts.</summary>
internal sealed class TableData(string id)
{
    private readonly RowLayout _noCells = new(true, []);
    private int _expectedWidth;

    public string Id { get; } = id;

    public OrderedMap<RowData> Rows { get; } = new();

    public CellIds Cells { get; } = new();

    public RowIdPool Pool { get; private set; } = new();

    public int LayoutCount { get; set; }

    /// <summary>What the open transaction changed here, or null.</summary>
    public TableLog? Log { get; set; }

    /// <summary>The log of a finished transaction, still to be read, for which this table stands; or null.</summary>
    public ChangeLog? FinishedLog { get; set; }

    /// <summary>Whether the open transaction made the table and nothing in it has to be logged.</summary>
    public bool IsItsOwnLog => Log is { IsImplied: true };

    /// <summary>Counts additions and removals of cells, so that an enumerator notices them.</summary>
    public int Version { get; private set; }

    /// <summary>A row to add. One that gets its cells one by one gets room for as many as the row before it has: that is right
    /// in most tables, and elsewhere wastes no more than the row before it needs.</summary>
    public RowData NewRow()
    {
        _expectedWidth = Rows.Count > 0 && Rows.KeyAt(Rows.End - 1) is not null
            ? Math.Min(Rows.ValueAt(Rows.End - 1).Layout.Count, RowLayout.MaxShared)
            : 0;
        return new RowData { Layout = _noCells, Contents = [] };
    }

    /// <summary>A table that comes back in the transaction that removed it hands out row ids from the start.</summary>
    public void ResetPool() => Pool = new RowIdPool();

    /// <summary>Adds a cell that the row does not have. <paramref name="width"/> is how many cells the row will have at
    /// least.</summary>
    public void AddCell(ref RowData row, int cell, CellValue content, int width)
    {
        Version++;
        int slot;
        if (row.Layout.IsShared && row.Layout.With(cell, this) is { } shared)
        {
            slot = row.Layout.Count;
            row.Layout = shared;
        }
        else
        {
            if (row.Layout.IsShared)
            {
                row.Layout = row.Layout.Own();
            }
            slot = row.Layout.Add(cell);
            width = Math.Max(width, row.Contents.Length * 3 / 2);
        }
        if (slot >= row.Contents.Length)
        {
            width = slot == 0 && width == 0 ? _expectedWidth : width;
            var contents = new CellValue[Math.Max(slot + 1, width)];
            row.Contents.AsSpan().CopyTo(contents);
            row.Contents = contents;
        }
        row.Contents[slot] = content;
    }

    public void RemoveCell(ref RowData row, int slot)
    {
        Version++;
        var layout = row.Layout;
        if (layout.IsShared && Without(layout, slot) is { } shared)
        {
            row.Layout = shared;
            Array.Copy(row.Contents, slot + 1, row.Contents, slot, layout.Count - slot - 1);
            row.Contents[layout.Count - 1] = default;
            return;
        }
        if (layout.IsShared)
        {
            row.Layout = layout = layout.Own();
        }
        layout.RemoveAt(slot);
        row.Contents[slot] = default;
        if (layout.Count < layout.End / 2)
        {
            layout.CloseGaps(row.Contents);
        }
    }

    public void RemoveRow(int index)
    {
        Version++;
        Rows.RemoveAt(index);
    }

    /// <summary>The next id of the pool that no row has.</summary>
    public string NewRowId(bool reuse)
    {
        string id;
        do
        {
            id = Pool.Take(reuse);
        }
        while (Rows.Contains(id));
        return id;
    }

    private RowLayout? Without(RowLayout layout, int slot)
    {
        var result = _noCells;
        for (var i = 0; i < layout.End && result is not null; i++)
        {
            if (i != slot)
            {
                result = result.With(layout.CellAt(i), this);
            }
        }
        return result;
    }
}

/// <summary>One row: where its cells lie, and their contents.</summary>
internal struct RowData
{
    public RowLayout Layout;
    public CellValue[] Contents;
}
