namespace TinyStore;

/// <summary>The rows of one table, as they are while one enumerates.</summary>
public readonly struct TableRows
{
    private readonly TableData? _table;

    internal TableRows(TableData? table) => _table = table;

    /// <summary>The number of rows.</summary>
    public int Count => _table?.Rows.Count ?? 0;

    /// <summary>Begins at the first row.</summary>
    public Enumerator GetEnumerator() => new(_table);

    /// <summary>Walks over the rows in their order.</summary>
    public struct Enumerator
    {
        private readonly TableData? _table;
        private readonly int _version;
        private int _index;

        internal Enumerator(TableData? table)
        {
            _table = table;
            _version = table?.Version ?? 0;
            _index = -1;
        }

        /// <summary>The row: its id and its cells.</summary>
        public readonly KeyValuePair<string, RowCells> Current =>
            new(_table!.Rows.KeyAt(_index)!, new RowCells(_table, _table.Rows.ValueAt(_index)));

        /// <summary>Goes to the next row.</summary>
        /// <exception cref="InvalidOperationException">Rows or cells of the table came or went meanwhile.</exception>
        public bool MoveNext()
        {
            if (_table is null)
            {
                return false;
            }
            RowCells.CheckVersion(_table, _version);
            while (++_index < _table.Rows.End)
            {
                if (_table.Rows.KeyAt(_index) is not null)
                {
                    return true;
                }
            }
            return false;
        }
    }
}

/// <summary>The cells of one row, as they are while one enumerates.</summary>
public readonly struct RowCells
{
    private readonly TableData? _table;
    private readonly RowData _row;
    private readonly int _version;

    internal RowCells(TableData table, RowData row)
    {
        _table = table;
        _row = row;
        _version = table.Version;
    }

    /// <summary>The number of cells.</summary>
    public int Count => _table is null ? 0 : _row.Layout.Count;

    /// <summary>Begins at the first cell.</summary>
    public Enumerator GetEnumerator() => new(_table, _row, _version);

    internal static void CheckVersion(TableData table, int version)
    {
        if (table.Version != version)
        {
            throw Errors.Modified(table.Id);
        }
    }

    /// <summary>Walks over the cells in their order.</summary>
    public struct Enumerator
    {
        private readonly TableData? _table;
        private readonly CellValue[] _contents;
        private readonly int[] _cells;
        private readonly int _end;
        private readonly int _version;
        private int _slot;

        internal Enumerator(TableData? table, RowData row, int version)
        {
            _table = table;
            _contents = row.Contents;
            _cells = row.Layout?.Cells ?? [];
            _end = row.Layout?.End ?? 0;
            _version = version;
            _slot = -1;
        }

        /// <summary>The cell: its id and its content.</summary>
        public readonly KeyValuePair<string, CellValue> Current => new(_table!.Cells.Name(_cells[_slot]), _contents[_slot]);

        /// <summary>Goes to the next cell.</summary>
        /// <exception cref="InvalidOperationException">Rows or cells of the table came or went meanwhile.</exception>
        public bool MoveNext()
        {
            var slot = _slot + 1;
            if (slot == _end)
            {
                return false;
            }
            CheckVersion(_table!, _version);
            while (_cells[slot] < 0)
            {
                if (++slot == _end)
                {
                    return false;
                }
            }
            _slot = slot;
            return true;
        }
    }
}
