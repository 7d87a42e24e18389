namespace TinyStore;

/// <summary>
/// Which cells a row has and in which slots of its array. Rows that got the same cells in the same order share one layout;
/// layouts form a tree, a step down for each cell added.
/// </summary>
/// <remarks>
/// <code>
/// root [] ── name ─▶ [name] ── species ─▶ [name, species] ── …
///                       └── age ─▶ [name, age]
/// </code>
/// A wide row, and every new combination after a table has many, gets a layout of its own (<see cref="IsShared"/> false),
/// which changes in place: removed cells leave gaps (-1), and from <see cref="IndexFrom"/> slots on a dictionary finds the
/// slot.
/// </remarks>
internal sealed class RowLayout
{
    /// <summary>The widest row that shares its layout.</summary>
    public const int MaxShared = 32;

    /// <summary>How many layouts one table shares.</summary>
    public const int MaxLayouts = 1024;

    private const int IndexFrom = 64;

    private int[] _cells;
    private int _used;
    private Dictionary<int, int>? _slots;

    // The way down that was taken last, and all of them where there are several.
    private RowLayout? _latest;
    private Dictionary<int, RowLayout>? _next;

    public RowLayout(bool isShared, int[] cells)
    {
        IsShared = isShared;
        _cells = cells;
        _used = Count = cells.Length;
    }

    public bool IsShared { get; }

    /// <summary>The number of cells.</summary>
    public int Count { get; private set; }

    /// <summary>One past the last slot in use.</summary>
    public int End => _used;

    /// <summary>The cells of the slots up to <see cref="End"/>, -1 for gaps.</summary>
    public int[] Cells => _cells;

    /// <summary>The cell in a slot, or -1 for a gap.</summary>
    public int CellAt(int slot) => _cells[slot];

    public int SlotOf(int cell) => _slots is null
        ? _cells.AsSpan(0, _used).IndexOf(cell)
        : _slots.GetValueOrDefault(cell, -1);

    /// <summary>The cell that the last row of this layout got next, or -1.</summary>
    public int LikelyNext => _latest is { } latest ? latest._cells[^1] : -1;

    /// <summary>The shared layout with one cell more, or null where there should be none.</summary>
    public RowLayout? With(int cell, TableData table)
    {
        if (_latest is { } latest && latest._cells[^1] == cell)
        {
            return latest;
        }
        if (_next is null || !_next.TryGetValue(cell, out var next))
        {
            if (Count == MaxShared || table.LayoutCount == MaxLayouts)
            {
                return null;
            }
            table.LayoutCount++;
            next = new RowLayout(true, [.. _cells, cell]);
            if (_latest is not null)
            {
                _next ??= new Dictionary<int, RowLayout> { [_latest._cells[^1]] = _latest };
                _next.Add(cell, next);
            }
        }
        return _latest = next;
    }

    /// <summary>A layout with the same cells for one row alone.</summary>
    public RowLayout Own() => new(false, [.. _cells]);

    /// <summary>Adds a cell to a layout of one row, and returns its slot.</summary>
    public int Add(int cell)
    {
        if (_used == _cells.Length)
        {
            Array.Resize(ref _cells, Math.Max(4, _used * 2));
        }
        _cells[_used] = cell;
        if (_slots is null && _used >= IndexFrom)
        {
            _slots = [];
            for (var i = 0; i < _used; i++)
            {
                if (_cells[i] >= 0)
                {
                    _slots[_cells[i]] = i;
                }
            }
        }
        _slots?.Add(cell, _used);
        Count++;
        return _used++;
    }

    /// <summary>Takes the cell of a slot out of a layout of one row, and leaves a gap.</summary>
    public void RemoveAt(int slot)
    {
        _slots?.Remove(_cells[slot]);
        _cells[slot] = -1;
        Count--;
    }

    /// <summary>Closes the gaps of a layout of one row, and moves its contents alike.</summary>
    public void CloseGaps(CellValue[] values)
    {
        var to = 0;
        for (var from = 0; from < _used; from++)
        {
            if (_cells[from] < 0)
            {
                continue;
            }
            _cells[to] = _cells[from];
            values[to] = values[from];
            if (_slots is not null)
            {
                _slots[_cells[to]] = to;
            }
            to++;
        }
        Array.Clear(values, to, _used - to);
        _used = to;
    }
}
