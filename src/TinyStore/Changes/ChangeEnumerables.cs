namespace TinyStore;

/// <summary>The cells that a transaction left other than they were. Enumerating allocates nothing.</summary>
public readonly struct CellChanges
{
    private readonly ChangeLog _log;

    internal CellChanges(ChangeLog log) => _log = log;

    /// <summary>Begins at the first change.</summary>
    public Enumerator GetEnumerator() => new(_log);

    /// <summary>Walks over the changes.</summary>
    public struct Enumerator
    {
        private readonly ChangeLog _log;
        private readonly int _version;
        private int _table;
        private int _row;
        private int _cell;

        internal Enumerator(ChangeLog log)
        {
            _log = log;
            _version = log.Version;
            _table = -1;
            _row = -1;
            _cell = -1;
        }

        /// <summary>The change.</summary>
        public readonly CellChange Current
        {
            get
            {
                ref var cell = ref _log.Cells[_cell];
                return new CellChange(_log.Tables[_table].Id, _log.Rows[_row].Id, cell.Id, cell.Old, cell.New);
            }
        }

        /// <summary>Goes to the next change.</summary>
        /// <exception cref="InvalidOperationException">The transaction is over.</exception>
        public bool MoveNext()
        {
            if (_log.Version != _version)
            {
                throw Errors.TransactionOver();
            }
            do
            {
                if (!NextCell())
                {
                    return false;
                }
            }
            while (_log.Cells[_cell].Old == _log.Cells[_cell].New);
            return true;
        }

        private bool NextCell()
        {
            if (_cell >= 0)
            {
                _cell = _log.Cells[_cell].Next;
            }
            while (_cell < 0)
            {
                if (_row >= 0)
                {
                    _row = _log.Rows[_row].Next;
                }
                while (_row < 0)
                {
                    if (++_table >= _log.Tables.Count)
                    {
                        return false;
                    }
                    _log.WriteOut(_log.Tables[_table]);
                    _row = _log.Tables[_table].FirstRow;
                }
                _cell = _log.Rows[_row].FirstCell;
            }
            return true;
        }
    }
}

/// <summary>The values that a transaction left other than they were. Enumerating allocates nothing.</summary>
public readonly struct ValueChanges
{
    private readonly ChangeLog _log;

    internal ValueChanges(ChangeLog log) => _log = log;

    /// <summary>Begins at the first change.</summary>
    public Enumerator GetEnumerator() => new(_log);

    /// <summary>Walks over the changes.</summary>
    public struct Enumerator
    {
        private readonly ChangeLog _log;
        private readonly int _version;
        private int _index;

        internal Enumerator(ChangeLog log)
        {
            _log = log;
            _version = log.Version;
            _index = -1;
        }

        /// <summary>The change.</summary>
        public readonly ValueChange Current
        {
            get
            {
                ref var value = ref _log.Values.ValueAt(_index);
                return new ValueChange(_log.Values.KeyAt(_index)!, value.Old, value.New);
            }
        }

        /// <summary>Goes to the next change.</summary>
        /// <exception cref="InvalidOperationException">The transaction is over.</exception>
        public bool MoveNext()
        {
            if (_log.Version != _version)
            {
                throw Errors.TransactionOver();
            }
            while (++_index < _log.Values.End)
            {
                if (_log.Values.ValueAt(_index).Old != _log.Values.ValueAt(_index).New)
                {
                    return true;
                }
            }
            return false;
        }
    }
}
