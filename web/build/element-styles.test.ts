import { expect, test } from 'vitest';
import { stylesOf } from './element-styles.ts';

test('each component, service and directive brings its styles along, once', () => {
  const code = `import { ElButton, ElDatePicker as Picker, ElMessageBox, vLoading, zhCn } from "element-plus";
    import { ElButton, ElTableColumn } from 'element-plus'; import { ElFake } from './elsewhere';`;
  expect(stylesOf(code)).toEqual(
    ['button', 'date-picker', 'message-box', 'loading', 'table-column'].map(
      (folder) => `import 'element-plus/es/components/${folder}/style/css';`,
    ),
  );
});
