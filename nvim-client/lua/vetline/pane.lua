-- Windows with text of ours to read: nothing in it is run, kept or written to a file.

local M = {}

--- Lines as they can be shown: no line ends in them, no control characters.
---@param text string
---@return string[]
function M.lines(text)
  return vim.tbl_map(function(line)
    return (
      line:gsub('%c', function(character)
        return character == '\t' and character or '?'
      end)
    )
  end, vim.split(text, '\r?\n'))
end

--- Show lines in a split window of their own, which `q` closes; gives its buffer.
---@param name string what is shown; the same name takes the same buffer
---@param lines string[]
---@param opts? { filetype?: string, split?: string }
---@return integer buf
function M.open(name, lines, opts)
  opts = opts or {}
  local uri = 'vetline://' .. name
  local buf = vim.fn.bufadd(uri)
  vim.fn.bufload(buf)
  vim.bo[buf].buftype, vim.bo[buf].bufhidden, vim.bo[buf].swapfile = 'nofile', 'wipe', false
  vim.bo[buf].modifiable = true
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, lines)
  vim.bo[buf].modifiable, vim.bo[buf].modified = false, false
  vim.bo[buf].filetype = opts.filetype or ''
  local win = vim.fn.bufwinid(buf)
  if win == -1 then
    win = vim.api.nvim_open_win(buf, true, { split = opts.split or 'below' })
  end
  vim.api.nvim_set_current_win(win)
  vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = buf, nowait = true, desc = 'Close' })
  return buf
end

return M
